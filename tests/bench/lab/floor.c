/* The floor of fan-out: an epoll server that makes its frames itself and writes each one to every
 * follower.  Its log is one stretch of memory and a follower is a position in it, so that it does
 * nothing per delivery but one send.
 *     floor PORT
 *     POST /run?bench:k=..:r=..:   makes frames, answered 202
 *     GET  /feed                   follows from now on;  /feed?from=N  from frame N of the last run */
#define _GNU_SOURCE
#include "frames.h"
#include "net.h"
#include <errno.h>
#include <sys/mman.h>

#define LOG_BYTES (1ull << 30)
#define MAX_FRAMES (1 << 20)

struct conn {
  int is_follower, is_blocked, request_length;
  size_t position;
  char request[1024];
};

static struct conn *conns[MAX_FD];
static int followers[MAX_FD], follower_count, epoll;
static char *log_bytes;
static size_t log_end, frame_starts[MAX_FRAMES];
static struct spec spec;
static long made; /* frames of the run so far */
static uint64_t started;

static void close_conn(int fd) {
  for (int j = 0; j < follower_count; j++)
    if (followers[j] == fd) followers[j--] = followers[--follower_count];
  free(conns[fd]);
  conns[fd] = 0;
  close(fd);
}

/* Returns 0 if the connection is gone. */
static int send_rest(int fd) {
  struct conn *conn = conns[fd];
  while (conn->position < log_end) {
    ssize_t sent = send(fd, log_bytes + conn->position, log_end - conn->position, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      close_conn(fd);
      return 0;
    }
    if (sent < 0) {
      if (!conn->is_blocked) watch_for(epoll, fd, EPOLLIN | EPOLLOUT);
      conn->is_blocked = 1;
      return 1;
    }
    conn->position += (size_t)sent;
  }
  if (conn->is_blocked) watch_for(epoll, fd, EPOLLIN);
  conn->is_blocked = 0;
  return 1;
}

static void append_frame(void) {
  char frame[LONGEST_FRAME], id[32];
  int id_length = sprintf(id, "id: %ld\n", made + 1), length = delta_frame(frame, 1, made);
  frame_starts[made++] = log_end;
  char *to = log_bytes + log_end;
  log_end += (size_t)sprintf(to, "%x\r\n%s%s\r\n", (unsigned)(length + id_length), id, frame);
}

static void make_due_frames(void) {
  while (made < spec.events && due_at(&spec, started, made) <= now_ns()) {
    append_frame();
    for (int j = 0; j < follower_count; j++)
      if (!conns[followers[j]]->is_blocked && !send_rest(followers[j])) j--;
  }
}

static void say(int fd, const char *answer) {
  if (send(fd, answer, strlen(answer), MSG_NOSIGNAL) < 0) close_conn(fd);
}

static void follow(int fd) {
  struct conn *conn = conns[fd];
  const char *from = strstr(conn->request, "?from=");
  conn->position = from ? frame_starts[atol(from + 6)] : log_end;
  say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
  if (!conns[fd]) return;
  followers[follower_count++] = fd;
  send_rest(fd);
}

static void run(int fd) {
  struct spec asked;
  if (!read_spec(conns[fd]->request, &asked) || asked.events > MAX_FRAMES) {
    say(fd, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  spec = asked;
  made = 0;
  started = now_ns() + (uint64_t)spec.delay_ms * 1000000ull;
  say(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
}

static void take_request(int fd) {
  struct conn *conn = conns[fd];
  size_t room = sizeof conn->request - 1 - (size_t)conn->request_length;
  ssize_t length = recv(fd, conn->request + conn->request_length, room, 0);
  if (length <= 0) {
    if (length == 0 || errno != EAGAIN) close_conn(fd);
    return;
  }
  conn->request_length += (int)length;
  conn->request[conn->request_length] = 0;
  if (!strstr(conn->request, "\r\n\r\n")) return;
  conn->request_length = 0;
  if (!strncmp(conn->request, "POST", 4)) run(fd);
  else follow(fd);
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int listener = listen_on(atoi(argv[1]));
  log_bytes = mmap(0, LOG_BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  epoll = epoll_create1(0);
  watch(epoll, listener, EPOLLIN);
  int timer = add_timer(epoll);
  for (;;) {
    static struct epoll_event ready[512];
    if (made < spec.events) wake_at(timer, due_at(&spec, started, made));
    int count = epoll_wait(epoll, ready, 512, -1);
    for (int j = 0; j < count; j++) {
      int fd = ready[j].data.fd;
      if (fd == listener) {
        for (int k; (k = accept_from(listener)) >= 0; watch(epoll, k, EPOLLIN))
          conns[k] = calloc(1, sizeof(struct conn));
      } else if (fd == timer) {
        clear_timer(timer);
      } else {
        if (conns[fd] && ready[j].events & EPOLLOUT && !send_rest(fd)) continue;
        if (conns[fd] && ready[j].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take_request(fd);
      }
    }
    make_due_frames();
  }
}

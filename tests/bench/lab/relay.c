/* The floor of relaying: an epoll proxy with one thread.  It sends a request on as it came and
 * copies what the upstream answers, one recv and one send for each time that something is there.
 * It keeps no log and knows no frames.
 *     relay PORT UPSTREAM_PORT */
#define _GNU_SOURCE
#include "net.h"
#include <errno.h>
#include <string.h>

struct conn {
  int other; /* the connection on the other side, -1 while there is none */
  int is_upstream;
  int request_length;
  char request[2048];
};

static struct conn *conns[MAX_FD];
static int epoll, upstream_port;

static void open_conn(int fd, int other, int is_upstream) {
  conns[fd] = calloc(1, sizeof(struct conn));
  conns[fd]->other = other;
  conns[fd]->is_upstream = is_upstream;
  watch(epoll, fd, EPOLLIN);
}

static void close_conn(int fd) {
  if (fd < 0 || !conns[fd]) return;
  int other = conns[fd]->other;
  free(conns[fd]);
  conns[fd] = 0;
  close(fd);
  close_conn(other);
}

static void send_all(int fd, const char *bytes, ssize_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, (size_t)length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return;
    if (sent < 0) usleep(50);
    if (sent > 0) bytes += sent, length -= sent;
  }
}

static void pass_on(int fd) {
  static char buffer[65536];
  ssize_t length = recv(fd, buffer, sizeof buffer, 0);
  if (length <= 0) close_conn(fd);
  else send_all(conns[fd]->other, buffer, length);
}

static void take_request(int fd) {
  struct conn *conn = conns[fd];
  size_t room = sizeof conn->request - 1 - (size_t)conn->request_length;
  ssize_t length = recv(fd, conn->request + conn->request_length, room, 0);
  if (length <= 0) {
    close_conn(fd);
    return;
  }
  conn->request_length += (int)length;
  conn->request[conn->request_length] = 0;
  if (!strstr(conn->request, "\r\n\r\n")) return;
  int upstream = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(upstream_port);
  if (upstream >= MAX_FD || connect(upstream, (void *)&address, sizeof address)) {
    close(upstream);
    close_conn(fd);
    return;
  }
  send_at_once(upstream);
  send_all(upstream, conn->request, conn->request_length);
  conn->request_length = 0;
  conn->other = upstream;
  open_conn(upstream, fd, 1);
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  upstream_port = atoi(argv[2]);
  int listener = listen_on(atoi(argv[1]));
  epoll = epoll_create1(0);
  watch(epoll, listener, EPOLLIN);
  for (;;) {
    static struct epoll_event ready[512];
    int count = epoll_wait(epoll, ready, 512, -1);
    for (int j = 0; j < count; j++) {
      int fd = ready[j].data.fd;
      if (fd == listener) {
        for (int k; (k = accept_from(listener)) >= 0;) open_conn(k, -1, 0);
      } else if (conns[fd] && conns[fd]->is_upstream) {
        pass_on(fd);
      } else if (conns[fd]) {
        take_request(fd);
      }
    }
  }
}

/* The load generator: opens many connections, reads their event streams and the marks in them.
 *     -p PORT  -P PATH ("{}" becomes the connection's number)  -n CONNECTIONS
 *     -e EVENTS   that each is to get         -g NUMBER   the first of them
 *     -T SECONDS  to wait for them            -c COUNT    connects under way at a time
 *     -S COUNT    followers that stop reading after the head; when the others are done they read
 *                 on, for at most 10 s
 *     -H HEADER   -w  hold the connections until SIGTERM
 * Says READY once every connection has its head or has failed; at the end one line of JSON. */
#define _GNU_SOURCE
#include "follower.h"
#include "net.h"
#include <errno.h>
#include <sys/resource.h>

static struct follower *followers;
static int connections = 1, begun, headed, settled, stalled, port, epoll;
static long refused, bad_status, total_bytes;
static volatile int is_told_to_stop;
static const char *path = "/", *header = "";
static char *buffer;

static void stop(int signal_number) {
  (void)signal_number;
  is_told_to_stop = 1;
}

static void begin(void) {
  struct follower *follower = &followers[begun];
  follower->last_number = -1;
  follower->is_stalled = begun < stalled;
  follower->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  send_at_once(follower->fd);
  int small = 16384;
  if (follower->is_stalled)
    setsockopt(follower->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  struct sockaddr_in address = loopback(port);
  int failed = connect(follower->fd, (void *)&address, sizeof address);
  struct epoll_event event = {EPOLLIN | EPOLLOUT, {.u32 = (uint32_t)begun++}};
  if (!failed || errno == EINPROGRESS) {
    epoll_ctl(epoll, EPOLL_CTL_ADD, follower->fd, &event);
    return;
  }
  close(follower->fd);
  follower->state = GONE;
  refused++, headed++, settled++;
}

static void have_head(void) {
  headed++;
  if (begun < connections) begin();
}

static void close_follower(struct follower *follower) {
  if (follower->state != BODY) refused++, have_head();
  else if (expected_events && !follower->is_complete) totals.closed_early++;
  if (!follower->is_stalled && !follower->is_complete) settled++;
  close(follower->fd);
  follower->state = GONE;
}

static void watch_follower(struct follower *follower, int how, uint32_t events) {
  struct epoll_event event = {events, {.u32 = (uint32_t)(follower - followers)}};
  epoll_ctl(epoll, how, follower->fd, &event);
}

static void send_request(struct follower *follower) {
  char request[4096];
  const char *slot = strstr(path, "{}");
  int before = slot ? (int)(slot - path) : (int)strlen(path), length;
  length = snprintf(request, sizeof request, "GET %.*s", before, path);
  if (slot) length += sprintf(request + length, "%d%s", (int)(follower - followers), slot + 2);
  length += snprintf(request + length, sizeof request - (size_t)length,
                     " HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n%s%s\r\n",
                     port, header, *header ? "\r\n" : "");
  follower->state = HEAD;
  watch_follower(follower, EPOLL_CTL_MOD, EPOLLIN);
  if (send(follower->fd, request, (size_t)length, MSG_NOSIGNAL) != length) close_follower(follower);
}

/* What follows the head in the same read is the start of the body. */
static void take_head(struct follower *follower, char *bytes, size_t length, uint64_t now) {
  bytes = with_kept(follower, bytes, &length);
  char *end = memmem(bytes, length, "\r\n\r\n", 4);
  if (!end) {
    keep(follower, bytes, length);
    return;
  }
  *end = 0;
  int status = atoi(bytes + 9);
  follower->is_chunked = strcasestr(bytes, "transfer-encoding: chunked") != 0;
  if (status != 200) {
    if (!bad_status++) fprintf(stderr, "status %d: %.300s\n", status, bytes);
    refused--; /* close_follower counts it there */
    close_follower(follower);
    return;
  }
  follower->state = BODY;
  have_head();
  if (follower->is_stalled) watch_follower(follower, EPOLL_CTL_DEL, 0);
  length -= (size_t)(end + 4 - bytes);
  memmove(buffer + ROOM, end + 4, length);
  if (length) take_body(follower, buffer + ROOM, length, now);
}

static void read_some(struct follower *follower) {
  char *bytes = buffer + ROOM;
  ssize_t length = recv(follower->fd, bytes, READ_BYTES, 0);
  uint64_t now = now_ns();
  if (length < 0 && errno == EAGAIN) return;
  if (length <= 0) {
    close_follower(follower);
    return;
  }
  total_bytes += length;
  if (follower->state == HEAD) {
    take_head(follower, bytes, (size_t)length, now);
    return;
  }
  int was_complete = follower->is_complete;
  take_body(follower, bytes, (size_t)length, now);
  if (!was_complete && follower->is_complete && !follower->is_stalled) settled++;
  if (follower->chunk_state == LAST_CHUNK) close_follower(follower);
}

static void take_event(struct epoll_event *event) {
  struct follower *follower = &followers[event->data.u32];
  if (follower->state == GONE) return;
  if (follower->state != CONNECTING) read_some(follower);
  else if (event->events & (EPOLLERR | EPOLLHUP)) close_follower(follower);
  else if (event->events & EPOLLOUT) send_request(follower);
}

static void work(void) {
  static struct epoll_event ready[1024];
  int count = epoll_wait(epoll, ready, 1024, 100);
  for (int j = 0; j < count; j++) take_event(&ready[j]);
}

static int stalled_are_done(void) {
  for (int i = 0; i < stalled; i++)
    if (followers[i].state != GONE && !followers[i].is_complete) return 0;
  return 1;
}

/* The stalled followers read again: what do they get? */
static void wake_stalled(void) {
  struct totals before = totals;
  uint64_t deadline = now_ns() + 10000000000ull;
  is_recording = 0;
  for (int i = 0; i < stalled; i++)
    if (followers[i].state == BODY) watch_follower(&followers[i], EPOLL_CTL_ADD, EPOLLIN);
  while (!is_told_to_stop && !stalled_are_done() && now_ns() < deadline) work();
  printf("\"stalled_events\":%ld,\"stalled_complete\":%ld,\"stalled_gaps\":%ld,"
         "\"stalled_doubles\":%ld,\"stalled_closed\":%ld,",
         totals.events - before.events, totals.complete - before.complete,
         totals.gaps - before.gaps, totals.doubles - before.doubles,
         totals.closed_early - before.closed_early);
  totals = before;
}

static void report(uint64_t began) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double span = (double)(totals.last_ns - totals.first_ns) / 1e9;
  printf("\"connections\":%d,\"events\":%ld,\"ids\":%ld,\"bytes\":%ld,\"complete\":%ld,"
         "\"gaps\":%ld,\"doubles\":%ld,\"closed_early\":%ld,\"refused\":%ld,\"bad_status\":%ld,",
         connections, totals.events, totals.ids, total_bytes, totals.complete, totals.gaps,
         totals.doubles, totals.closed_early, refused, bad_status);
  printf("\"span_s\":%.4f,\"from_start_s\":%.4f,\"events_per_s\":%.0f,\"p50_ms\":%.3f,"
         "\"p99_ms\":%.3f,\"max_ms\":%.3f,\"cpu_s\":%.3f}\n",
         span, totals.last_ns ? (double)(totals.last_ns - began) / 1e9 : 0,
         span > 0 ? (double)totals.events / span : 0, percentile_ms(&latencies, .5),
         percentile_ms(&latencies, .99), (double)latencies.largest / 1e6,
         (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
             (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
}

int main(int argc, char **argv) {
  int under_way = 256, hold = 0;
  double seconds = 60;
  for (int option; (option = getopt(argc, argv, "p:P:n:e:T:c:H:S:g:w")) != -1;) switch (option) {
      case 'p': port = atoi(optarg); break;
      case 'P': path = optarg; break;
      case 'n': connections = atoi(optarg); break;
      case 'e': expected_events = atol(optarg); break;
      case 'T': seconds = atof(optarg); break;
      case 'c': under_way = atoi(optarg); break;
      case 'H': header = optarg; break;
      case 'S': stalled = atoi(optarg); break;
      case 'g': first_number = atol(optarg); break;
      case 'w': hold = 1; break;
      default: return 2;
    }
  signal(SIGTERM, stop);
  signal(SIGINT, stop);
  followers = calloc((size_t)connections, sizeof *followers);
  buffer = malloc(ROOM + READ_BYTES);
  epoll = epoll_create1(0);
  uint64_t began = now_ns(), deadline = began + 120000000000ull;
  while (begun < connections && begun < under_way) begin();
  while (headed < connections && now_ns() < deadline && !is_told_to_stop) work();
  printf("READY %ld %.3f\n", headed - refused - bad_status, (double)(now_ns() - began) / 1e9);
  fflush(stdout);
  deadline = now_ns() + (uint64_t)(seconds * 1e9);
  while (!is_told_to_stop && (hold || (settled < connections - stalled && now_ns() < deadline)))
    work();
  printf("{");
  if (stalled) wake_stalled();
  report(began);
}

/* Publishes a run's deltas to nchan, each with a POST on a kept connection, and waits for each
 * answer.
 *     pub PORT CHANNEL bench:k=..:r=..: */
#define _GNU_SOURCE
#include "frames.h"
#include "net.h"

static int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(port);
  if (connect(fd, (void *)&address, sizeof address)) {
    perror("connect");
    exit(1);
  }
  send_at_once(fd);
  return fd;
}

static void publish(int fd, const char *channel, const char *data) {
  static const char *FORMAT = "POST /pub?id=%s HTTP/1.1\r\nHost: bench\r\n"
                              "Content-Type: application/json\r\n"
                              "X-EventSource-Event: thread.message.delta\r\n"
                              "Content-Length: %zu\r\n\r\n%s";
  char request[2 * LONGEST_FRAME];
  int length = snprintf(request, sizeof request, FORMAT, channel, strlen(data), data);
  if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) {
    perror("send");
    exit(1);
  }
}

/* nchan's answer has a length. */
static void take_answer(int fd) {
  char answer[4096];
  size_t have = 0;
  for (;;) {
    ssize_t length = recv(fd, answer + have, sizeof answer - 1 - have, 0);
    if (length <= 0) {
      fprintf(stderr, "nchan has closed the connection\n");
      exit(1);
    }
    answer[have += (size_t)length] = 0;
    char *end = strstr(answer, "\r\n\r\n"), *header = strcasestr(answer, "\r\ncontent-length:");
    long body = end && header && header < end ? atol(header + 17) : 0;
    if (!end || have < (size_t)(end + 4 - answer + body)) continue;
    if (atoi(answer + 9) < 300) return;
    fprintf(stderr, "%.300s\n", answer);
    exit(1);
  }
}

int main(int argc, char **argv) {
  struct spec spec;
  if (argc != 4 || !read_spec(argv[3], &spec)) return 2;
  int fd = connect_to(atoi(argv[1]));
  uint64_t started = now_ns() + (uint64_t)spec.delay_ms * 1000000ull;
  for (long i = 0; i < spec.events; i++) {
    char frame[LONGEST_FRAME];
    uint64_t now = now_ns(), due = due_at(&spec, started, i);
    if (due > now) usleep((useconds_t)((due - now) / 1000));
    delta_frame(frame, 1, i);
    char *data = strstr(frame, "data: ") + 6;
    *strchr(data, '\n') = 0;
    publish(fd, argv[2], data);
    take_answer(fd);
  }
}

/* Sockets on loopback and epoll, as all tools use them. */
#ifndef NET_H
#define NET_H
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Connections are found by their file descriptor. */
#define MAX_FD 20000

static inline struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET,
                              .sin_port = htons((uint16_t)port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static inline void send_at_once(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
}

static inline int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = loopback(port);
  if (bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) {
    perror("listen");
    exit(1);
  }
  signal(SIGPIPE, SIG_IGN);
  return fd;
}

/* A new connection, or -1 when there is none left to accept. */
static inline int accept_from(int listener) {
  int fd = accept4(listener, 0, 0, SOCK_NONBLOCK);
  if (fd >= MAX_FD) {
    close(fd);
    return -1;
  }
  if (fd >= 0) send_at_once(fd);
  return fd;
}

static inline void watch(int epoll, int fd, uint32_t events) {
  struct epoll_event event = {events, {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static inline void watch_for(int epoll, int fd, uint32_t events) {
  struct epoll_event event = {events, {.fd = fd}};
  epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event);
}

/* epoll_wait counts in milliseconds; a timer in the set counts in nanoseconds. */
static inline int add_timer(int epoll) {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  watch(epoll, fd, EPOLLIN);
  return fd;
}

static inline void wake_at(int timer, uint64_t ns) {
  struct itimerspec when = {{0, 0}, {(time_t)(ns / 1000000000ull), (long)(ns % 1000000000ull)}};
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, 0);
}

static inline void clear_timer(int timer) {
  uint64_t expirations;
  if (read(timer, &expirations, sizeof expirations) < 0) return;
}
#endif

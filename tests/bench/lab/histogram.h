/* Latencies in ns.  The steps grow with the value, so that every one is known to about 3 %. */
#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <stdint.h>

#define STEPS 64

struct histogram {
  uint64_t counts[STEPS * STEPS], count, largest;
};

static inline void record(struct histogram *histogram, uint64_t value) {
  int shift = value < STEPS ? 0 : 63 - __builtin_clzll(value) - 5;
  histogram->counts[shift * STEPS + (int)((value >> shift) & (STEPS - 1))]++;
  histogram->count++;
  if (value > histogram->largest) histogram->largest = value;
}

static inline double percentile_ms(const struct histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)((double)histogram->count * share), seen = 0;
  for (int i = 0; i < STEPS * STEPS; i++) {
    seen += histogram->counts[i];
    if (seen > wanted) return (double)((uint64_t)(i % STEPS) << (i / STEPS)) / 1e6;
  }
  return (double)histogram->largest / 1e6;
}
#endif

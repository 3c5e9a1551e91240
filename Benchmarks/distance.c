/* How far two processors are from each other: nanoseconds until one has what the other has written.
 *
 *   distance CPU CPU
 *
 * A line of the cache goes back and forth; the least of 40 means over 500 ways there and back, so that who else is at work does not count. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { PARTS = 40, WAYS = 500 };

static _Alignas(128) int line;

static int pin(int processor) {
  cpu_set_t chosen;
  CPU_ZERO(&chosen);
  CPU_SET(processor, &chosen);
  return pthread_setaffinity_np(pthread_self(), sizeof chosen, &chosen);
}

/* Waits for a number, answers with the next one. */
static void answer(int number) {
  while (__atomic_load_n(&line, __ATOMIC_ACQUIRE) != number);
  __atomic_store_n(&line, number + 1, __ATOMIC_RELEASE);
}

static void *other(void *processor) {
  if (pin(*(int *)processor) != 0) exit(2);
  for (int way = 0; way < PARTS * WAYS; way++) answer(2 * way + 1);
  return NULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int second = atoi(argv[2]);
  pthread_t thread;
  if (pin(atoi(argv[1])) != 0 || pthread_create(&thread, NULL, other, &second) != 0) return 2;
  double least = 1e18;
  for (int part = 0; part < PARTS; part++) {
    const double start = now();
    for (int way = part * WAYS; way < (part + 1) * WAYS; way++) answer(2 * way);
    const double mean = (now() - start) / WAYS / 2;
    if (mean < least) least = mean;
  }
  pthread_join(thread, NULL);
  printf("%.0f\n", least);
  return 0;
}

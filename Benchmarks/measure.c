/* Runs a command on some processors and says what it used.
 *
 *   measure CPU[,CPU...] REPORT COMMAND...
 *
 * REPORT gets one line: wall seconds, user seconds, system seconds, peak resident bytes, exit status (128 + n for signal n).
 * A small program of its own because the kernel counts the memory of the process that calls exec towards the peak of what it
 * becomes: measured from Python, everything would need at least Python's memory.
 *
 * Before, a process of its own touches half a gigabyte and ends. The host of a virtual machine takes back what its guest has freed, and who touches it next
 * waits for it (here up to 2.8 ms for 2 MiB, where the kernel takes 0.1 to clear them), which says nothing of the tool. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Without it all is the same, but slower. */
static void warm(void) {
  const pid_t child = fork();
  if (child > 0) waitpid(child, NULL, 0);
  if (child != 0) return;
  const size_t bytes = (size_t)1 << 29, page = 4096;
  char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED) {
    madvise(memory, bytes, MADV_HUGEPAGE);
    for (size_t at = 0; at < bytes; at += page) ((volatile char *)memory)[at] = 1;
  }
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  FILE *report = fopen(argv[2], "we"); /* closed on exec */
  if (!report) return 2;
  warm();
  double start = now();
  pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    cpu_set_t chosen;
    CPU_ZERO(&chosen);
    for (char *cpu = strtok(argv[1], ","); cpu; cpu = strtok(NULL, ",")) CPU_SET(atoi(cpu), &chosen);
    sched_setaffinity(0, sizeof chosen, &chosen);
    execvp(argv[3], argv + 3);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (wait4(child, &status, 0, &used) != child) return 2;
  double wall = now() - start;
  fprintf(report, "%.6f %.6f %.6f %ld %d\n", wall, used.ru_utime.tv_sec + used.ru_utime.tv_usec * 1e-6,
          used.ru_stime.tv_sec + used.ru_stime.tv_usec * 1e-6, used.ru_maxrss * 1024L,
          WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return 0;
}

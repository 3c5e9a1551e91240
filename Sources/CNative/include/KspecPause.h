// For loops that wait for another thread: leaves the processor's other half, if it has one, to whoever works there.
#ifndef KSPEC_PAUSE_H
#define KSPEC_PAUSE_H

static inline void kspec_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif

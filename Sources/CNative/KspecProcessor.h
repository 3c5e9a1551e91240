// How functions are compiled: for more than one kind of processor, and unwatched by ThreadSanitizer. Private to this folder.
#ifndef KSPEC_PROCESSOR_H
#define KSPEC_PROCESSOR_H

// Before a definition: compiled for any processor and once more for those with AVX2 and BMI2, together with all that is inlined there; which of
// the two runs is decided when the program is loaded. Before ThreadSanitizer is ready nothing may be decided.
#if defined(__x86_64__) && defined(__linux__) && !__has_feature(thread_sanitizer)
#define KSPEC_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define KSPEC_CLONES
#endif

// Before a function that reads bytes of which others may be writing some, and then disregards those: for ThreadSanitizer, which knows nothing of that, a race.
#if __has_feature(thread_sanitizer)
#define KSPEC_DISREGARDS __attribute__((noinline, no_sanitize("thread")))
#else
#define KSPEC_DISREGARDS inline
#endif

#endif

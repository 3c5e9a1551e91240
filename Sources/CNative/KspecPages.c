// Gives back pages that are not in use: see KspecPages.h.
#define _GNU_SOURCE
#include "KspecPages.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

static int release(struct dl_phdr_info *info, size_t size, void *pageSize) {
  (void)size;
  const uintptr_t page = *(const uintptr_t *)pageSize;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = info->dlpi_phdr + i;
    // What is never writable was never relocated: the file has the same bytes. Only whole pages, and errors do not matter.
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    const uintptr_t begin = (info->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
    const uintptr_t end = (info->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
    if (begin < end) madvise((void *)begin, end - begin, MADV_DONTNEED);
  }
  return 0;
}

void kspec_release_pages(void) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  dl_iterate_phdr(release, &page);
  malloc_trim(0);
}

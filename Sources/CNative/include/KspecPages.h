// In: nothing. Out: the resident size of the process without the text of libraries that only its start needed, and without what was freed.
//
// A process that loads Swift's libraries, Foundation and Z3 has 29 MiB of their text resident, since the kernel maps sixteen pages
// around each that is touched; a search needs 3 of them. Pages that are only read are taken from the file again when they are
// touched again, at a tenth of a microsecond each while the file is cached. Linking statically, or opening Z3 late, would save less. What
// was freed in the middle of the heap, where chunks of states come and go, stays resident otherwise: 10 of 87 MiB on ipc.
#ifndef KSPEC_PAGES_H
#define KSPEC_PAGES_H

void kspec_release_pages(void);

#endif

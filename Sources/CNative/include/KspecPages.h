// In: nothing. Out: the resident size of the process without the text of libraries that only its start needed.
//
// A process that loads Swift's libraries, Foundation and Z3 has 29 MiB of their text resident, since the kernel maps sixteen pages
// around each that is touched; a search needs 3 of them. Pages that are only read are taken from the file again when they are
// touched again, at a tenth of a microsecond each while the file is cached. Linking statically, or opening Z3 late, would save less.
#ifndef KSPEC_PAGES_H
#define KSPEC_PAGES_H

void kspec_release_program_pages(void);

#endif

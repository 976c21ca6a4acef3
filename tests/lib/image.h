/* Directories, files and links from text, made through the seam. */
#ifndef TESTS_LIB_IMAGE_H
#define TESTS_LIB_IMAGE_H

#include "core/kernel/sysops.h"

/*
 * Makes what the lines say beneath dir; 0 or -errno.  A line is
 *	PATH dir [MODE]
 *	PATH file MODE [CONTENT]
 *	PATH link TARGET
 * Parents must come first; words are parted by one blank.
 */
int image_make(struct kernel *k, const char *dir, const char *lines);

#endif

/* Directories of another kernel, grafted into this one: see fake_graft in fake.h. */
#ifndef FAKE_FS_HOST_H
#define FAKE_FS_HOST_H

#include "fake/file.h"

/* Has nobody looked at it yet, so that what is in it is not known here? */
bool inode_is_grafted(const struct inode *inode);

#endif

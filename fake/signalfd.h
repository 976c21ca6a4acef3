/* Reading signals from a descriptor: what a poll must know of it. */
#ifndef FAKE_SIGNALFD_H
#define FAKE_SIGNALFD_H

#include "fake/file.h"

/* Is it one of signals, whose readiness depends on who asks? */
bool file_is_signalfd(const struct file *file);
/* signalfd_poll() for this task: what is pending is the asker's, not the opener's. */
short signalfd_events(const struct file *file, const struct task *t);

#endif

/* Terminals. */
#include "fake/task.h"

void tty_hangup_session(struct fake *f, struct task *leader)
{
	if (leader->tty)
		not_modelled(f, "the exit of a session's leader with a terminal");
}

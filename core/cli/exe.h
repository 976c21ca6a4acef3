/* Our own executable, which those inside could come to see. */
#ifndef CORE_CLI_EXE_H
#define CORE_CLI_EXE_H

#include "core/cli/cli.h"
#include "core/plan/plan.h"

/*
 * Goes on from a read-only mount of the executable, by execve(2): does not come back then.  0
 * where there is nothing to do: cli says no executable, it is read-only already, or the caller
 * is not root.  -errno where it cannot be done; nothing may be executed inside then.
 */
int exe_protect(const struct cli *cli);

/* Which file it is, as far as that matters: left alone where exe_protect has nothing to do. */
void exe_tell(const struct cli *cli, struct own_file *own);

#endif

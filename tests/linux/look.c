/* What a payload can only see of itself: tests/linux/compare looks at the rest from outside. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

/* Numbers of tasks outside differ from run to run; how they stand to this one does not. */
static const char *relation(pid_t id)
{
	if (id == getpid())
		return "this";
	if (id == getppid())
		return "parent";
	return id ? "other" : "outside";
}

static void say_answer(const char *what, int r)
{
	printf("%s: %s\n", what, r < 0 ? strerrorname_np(errno) : "yes");
}

static void say_task(void)
{
	struct utsname name;
	char cwd[4096] = "none";
	int signal = 0;

	if (getpid() < 3)
		printf("pid: %d of %d\n", getpid(), getppid());
	printf("session: %s, group: %s\n", relation(getsid(0)), relation(getpgrp()));
	uname(&name);
	printf("hostname: %s\n", name.nodename);
	printf("cwd: %s\n", getcwd(cwd, sizeof(cwd)));
	prctl(PR_GET_PDEATHSIG, &signal);
	printf("death signal: %d, dumpable: %d, keepcaps: %d, securebits: %#x\n", signal,
	       prctl(PR_GET_DUMPABLE), prctl(PR_GET_KEEPCAPS), prctl(PR_GET_SECUREBITS));
}

/* In a child, which may become what it likes. */
static void say_users(void)
{
	pid_t pid;
	int status = 0;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(unshare(CLONE_NEWUSER) < 0 ? errno : 0);
	waitpid(pid, &status, 0);
	errno = WEXITSTATUS(status);
	say_answer("may make user namespaces", errno ? -1 : 0);
}

static void say_files(void)
{
	int fd = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
	unsigned int number;

	say_answer("may open ptmx", fd < 0 ? fd : ioctl(fd, TIOCGPTN, &number));
	if (fd >= 0)
		close(fd);
	say_answer("may write null", open("/dev/null", O_WRONLY | O_CLOEXEC));
	say_answer("may make a directory in /", mkdir("/made", 0700));
	say_answer("may make a directory in /tmp", mkdir("/tmp/made", 0700));
	say_answer("may make a directory here", mkdir("made", 0700));
	say_answer("may write /proc/sys",
		   open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC));
	rmdir("/made");
	rmdir("/tmp/made");
	rmdir("made");
}

/* look [exit N | signal N]: ends so, once it may. */
int main(int argc, char **argv)
{
	int number = argc > 2 ? atoi(argv[2]) : 0;
	char byte;

	say_task();
	say_users();
	say_files();
	printf("argv0: %s\n", strrchr(argv[0], '/') ? "a path" : argv[0]);
	puts("end");
	fflush(stdout);
	if (read(0, &byte, 1) < 0)
		return 96;
	if (argc > 2 && strcmp(argv[1], "signal") == 0)
		raise(number);
	return number;
}

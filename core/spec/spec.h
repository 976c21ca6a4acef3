/* What the user asked for.  Structs, no behaviour; read-only once it is built. */
#ifndef CORE_SPEC_SPEC_H
#define CORE_SPEC_SPEC_H

#include <stdbool.h>
#include <sys/types.h>

enum verb { VERB_NONE, VERB_BOX, VERB_PLAN };

/* Strings belong to the caller's arguments and must outlive the spec. */
struct spec {
	enum verb verb;
	bool classic;
	const char *rootfs;  /* the image directory; NULL when joining */
	bool readonly;	     /* the rootfs, not what is mounted beneath it */
	const char *console; /* the host's path of a pty's slave; NULL: none */
	pid_t join;	     /* a task of the sandbox to enter, as its number here; 0: none */
	char *const *argv;   /* the payload's, ends in NULL */
	char *const *envp;   /* the payload's, ends in NULL */

	/* About telling, not about the sandbox. */
	bool help;
	bool version;
	bool as_root;	    /* rehearse as root */
	bool trace;	    /* write down every call */
	const char *traced; /* to this file; NULL: to standard error */
	bool show_values;   /* of the environment and of data */
};

#endif

/* What the two sides say to each other, over one SOCK_SEQPACKET pair. */
#ifndef CORE_RUN_TALK_H
#define CORE_RUN_TALK_H

#include "core/run/blame.h"
#include "core/steps/steps.h"

/*
 *	host                                    init
 *	  |  spawn                                |
 *	  |-------------------------------------->|  arms the death signal
 *	  |                                       |  carries its steps out
 *	  |                   ready               |
 *	  |<--------------------------------------|
 *	  |                    go                 |
 *	  |-------------------------------------->|  closes its descriptors, executes
 *	  |               (the end)               |
 *	  |<--------------------------------------|  exec closed the channel
 *	  |  waits for the payload                x
 *
 * Until go, the end of the channel means to init: exit, execute nothing.  At any time init
 * may say blame and exit.  To the host, an end before ready means that init was killed.
 */
#define WORD_SIZE 8

/* Words are text, so that a trace can be read. */
struct message {
	char word[WORD_SIZE]; /* "ready", "go", "blame", "status", "pty"; zeros behind it */
	union {
		struct blame blame; /* behind "blame" */
		int32_t status;	    /* behind "status": the payload's, as an exit status */
	};
};

#define STATUS_SIZE (WORD_SIZE + sizeof(int32_t)) /* of a message; ready and go: WORD_SIZE */

void word_write(struct message *message, enum word word);
/* Are these n bytes the word, and nothing behind it? */
bool word_is(const struct message *message, int n, enum word word);
/* Of n bytes that are no word awaited: -errno of the blame they bring, or of refusing them. */
int blame_hear(struct side *side, const struct message *message, int n);

/* Sends a word to the other side; 0, or what sendmsg(2) answered. */
int word_send(struct kernel *k, int channel, enum word word, const struct blame *blame);

/* The channel by which this side, which is not the host, talks to the host by now. */
int channel_inside(const struct side *side);

/* Tells the host how the payload ended, from the side that stays. */
int status_send(struct side *side);

#endif

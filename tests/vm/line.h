/* The line between pid 1 of a kernel under test and the host: frames of a kind and bytes. */
#ifndef TESTS_VM_LINE_H
#define TESTS_VM_LINE_H

#include <stddef.h>
#include <stdint.h>

/*
 * A frame is one byte of kind, four bytes of length (little endian) and so many bytes.
 * tests/vm/run speaks the other end; a change here is a change there.
 */
enum line_kind {
	LINE_INPUT = 'i',  /* to init: bytes for the command's stdin; none of them: its end */
	LINE_HELLO = 'h',  /* from here on to the host: uname's release, once, first */
	LINE_TAKEN = 't',  /* the last input has been read: the next may come */
	LINE_OUTPUT = 'o', /* bytes of the command's stdout */
	LINE_ERRORS = 'e', /* bytes of its stderr, where the host asked to have them apart */
	LINE_FILE = 'f',   /* a file to bring out begins: "INDEX MODE SIZE PATH" */
	LINE_DATA = 'd',   /* bytes of that file */
	LINE_STATUS = 's', /* "exit N" or "signal N": the command is over; always the last */
};

#define LINE_HEAD 5u
#define LINE_MOST 65536u

struct line {
	int fd;
};

/* Opens the device and, where it is a terminal, makes it raw. Answers 0 or -errno. */
int line_open(struct line *line, const char *device);

/* Sends one frame of at most LINE_MOST bytes. Answers 0 or -errno. */
int line_send(const struct line *line, enum line_kind kind, const void *bytes, size_t length);

/* Waits for one frame. Answers its length, -EPIPE when the host has gone, or -errno. */
int line_receive(const struct line *line, char *kind, uint8_t bytes[LINE_MOST]);
#endif

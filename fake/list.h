/* Rings of things: a node in each, a head that is a node. */
#ifndef FAKE_LIST_H
#define FAKE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed is "in no ring", too; a head must be initialised. */
struct list {
	struct list *next, *prev;
};

/* An empty list, as a local variable. */
#define LIST(name) struct list name = {&name, &name}

#define list_entry(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))
#define list_for_each(node, head)                                                              \
	for (struct list *node = (head)->next; node != (head); node = node->next)
/* The node of this round may be taken out. */
#define list_for_each_safe(node, head)                                                         \
	for (struct list *node = (head)->next, *node##_next = node->next; node != (head);      \
	     node = node##_next, node##_next = node->next)

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == NULL || l->next == l;
}

/* Behind where: at the end when where is the head's prev, at the front when it is the head. */
static inline void list_insert(struct list *l, struct list *where)
{
	l->prev = where;
	l->next = where->next;
	where->next->prev = l;
	where->next = l;
}

static inline void list_append(struct list *l, struct list *head)
{
	list_insert(l, head->prev);
}

/* Out of its ring; does nothing when it is in none. */
static inline void list_remove(struct list *l)
{
	if (l->next == NULL)
		return;
	l->next->prev = l->prev;
	l->prev->next = l->next;
	list_init(l);
}

/* All of a list, in its order, behind where; the list is empty then. */
static inline void list_splice(struct list *from, struct list *where)
{
	if (list_empty(from))
		return;
	from->next->prev = where;
	from->prev->next = where->next;
	where->next->prev = from->prev;
	where->next = from->next;
	list_init(from);
}

/* Out of its ring, if in one, and to the front of a list, or to its end. */
static inline void list_move(struct list *l, struct list *head)
{
	list_remove(l);
	list_insert(l, head);
}
static inline void list_move_end(struct list *l, struct list *head)
{
	list_remove(l);
	list_append(l, head);
}

#endif

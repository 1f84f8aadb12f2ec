/* SPDX-License-Identifier: MIT */
/* Doubly linked circular lists; an initialised head points at itself. */
#ifndef TREFOIL_LIST_H
#define TREFOIL_LIST_H

#include <trefoil/types.h>

struct list_head {
    struct list_head *next, *prev;
};

static inline void list_init(struct list_head *head)
{
    head->next = head;
    head->prev = head;
}

static inline bool list_empty(const struct list_head *head)
{
    return head->next == head;
}

static inline void list_add_before(struct list_head *node, struct list_head *next)
{
    node->next = next;
    node->prev = next->prev;
    next->prev->next = node;
    next->prev = node;
}

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
    list_add_before(node, head);
}

/* Removes and leaves the node pointing at itself, so that removing twice does no harm. */
static inline void list_remove(struct list_head *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#define list_entry(node, type, member) container_of(node, type, member)
#define list_for_each(position, head)                                                              \
    for ((position) = (head)->next; (position) != (head); (position) = (position)->next)

#endif

/* SPDX-License-Identifier: MIT */
/* What is done in the store alone. */
#include "hostile.h"

#define NODES_MAX 1000U /* that a domain may own; its tree has some before */

static char text[STORE_MAX];

static const char *name_of(const struct frontend *device, const char *name)
{
    text[0] = '\0';
    text_add(text, sizeof(text), device->directory);
    text_add(text, sizeof(text), name);
    return text;
}

/* States that follow on none, without a pause. One that is no number takes the device away. */
const char *attack_states(struct frontend *frontend)
{
    static const char *const states[] = {"1", "2", "3", "4", "5", "6", "7", "8", "99", "4 4"};

    for (unsigned int i = 0; i < 60; i++)
        frontend_write(frontend, "state", states[chance() % LENGTH(states)]);
    frontend->open = false;
    return NULL;
}

const char *attack_open_and_close(struct frontend *frontend)
{
    for (unsigned int i = 0; i < 2; i++) {
        if (!frontend_open(frontend))
            return "it cannot be opened again";
    }
    return NULL;
}

/* Rings, ports and numbers of them that are not there: a row's node, and its value. */
const char *attack_rings(struct frontend *frontend)
{
    static const char *const rows[][2] = {
        {"/ring-ref", "43"},
        {"/ring-ref", "99999999"},
        {"/ring-ref", "x"},
        {"/event-channel", "99999999"},
        {"/ring-page-order", "4294967295"},
        {"/protocol", "none"},
        {"/tx-ring-ref", "43"},
        {"/rx-ring-ref", "99999999"},
        {"/event-channel", "1"},
        {"/multi-queue-num-queues", "4294967295"},
    };

    for (unsigned int i = frontend->is_net ? 6 : 0; i < (frontend->is_net ? LENGTH(rows) : 6);
         i++) {
        if (!frontend_close(frontend))
            return "it does not close";
        frontend_write_rings(frontend);
        store_write(name_of(frontend, rows[i][0]), rows[i][1], text_length(rows[i][1]));
        frontend_state(frontend, frontend->is_net ? CONNECTED : INITIALISED);
        backend_awaits(frontend, CLOSING, 200);
        store_remove(name_of(frontend, rows[i][0]));
    }
    return NULL;
}

/* Values, and a name, as long as the store takes them; and longer. */
const char *attack_long_nodes(struct frontend *frontend)
{
    static const char *const names[] = {"/ring-ref", "/event-channel", "/protocol", "/state", "/x"};
    static char value[STORE_MAX], path[STORE_MAX];

    for (unsigned int i = 0; i < sizeof(value); i++)
        value[i] = '7';
    for (unsigned int i = 0; i < LENGTH(names); i++) {
        if (store_write(name_of(frontend, names[i]), value, 2000) != NULL)
            return "the store refuses what it may hold";
        if (store_write(name_of(frontend, names[i]), value, 3000) == NULL)
            return "the store takes more than it may";
    }
    text_add(path, sizeof(path), name_of(frontend, "/"));
    for (unsigned int i = 0; i < 1500; i++)
        text_add(path, sizeof(path), "n");
    store_write(path, "", 0);
    store_remove(path);
    for (unsigned int i = 0; i < 1500; i++)
        text_add(path, sizeof(path), "n");
    if (store_write(path, "", 0) == NULL)
        return "the store takes too long a name";
    store_remove(name_of(frontend, "/x"));
    frontend->open = false;
    return NULL;
}

const char *attack_many_nodes(struct frontend *frontend)
{
    unsigned int made = store_fill(name_of(frontend, "/many"), NODES_MAX + 10);

    store_remove(name_of(frontend, "/many"));
    return made >= NODES_MAX ? "there is no limit to nodes" : NULL;
}

/* Another's backend, or none, named in the nodes that are the guest's. */
const char *attack_other_backends(struct frontend *frontend)
{
    static const char *const paths[] = {"/local/domain/0/backend/vbd/1/51712", "/local/domain/0",
                                        "/", "", "x"};
    const char *error = NULL;

    for (unsigned int i = 0; i < LENGTH(paths); i++) {
        frontend_write(frontend, "backend", paths[i]);
        frontend_write(frontend, "backend-id", "2");
        frontend_state(frontend, INITIALISED);
    }
    if (store_write("/local/domain/0/backend/vbd/1/51712/state", "6", 1) == NULL)
        error = "another's backend is written";
    if (store_write("/local/domain/0/backend/vbd/3/51712/online", "0", 1) == NULL)
        error = "the backend's nodes are written";
    frontend_write(frontend, "backend", frontend->backend);
    frontend_write(frontend, "backend-id", "0");
    frontend->open = false;
    return error;
}

/* The kernel's backend takes that for the end of the device. */
const char *attack_no_state(struct frontend *frontend)
{
    store_remove(name_of(frontend, "/state"));
    frontend_write(frontend, "state", "");
    frontend_write(frontend, "state", "none");
    frontend_write(frontend, "state", "3");
    return NULL;
}

/* And the daemon this. */
const char *attack_no_frontend(struct frontend *frontend)
{
    store_remove(frontend->directory);
    backend_awaits(frontend, NO_STATE, 30000);
    frontend_write(frontend, "state", "1");
    frontend_write(frontend, "backend", frontend->backend);
    return NULL;
}

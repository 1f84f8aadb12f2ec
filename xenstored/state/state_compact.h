/* SPDX-License-Identifier: MIT */
/* A new state file, made in pieces beside the old one. */
#ifndef XENSTORED_STATE_COMPACT_H
#define XENSTORED_STATE_COMPACT_H

#include "domain/domain.h"
#include "state_file.h"

struct compaction;

/*
 * Begin a file at `path` with all there is now, which the frames of `old`, up to its present size,
 * say as well. An empty `spare` is that file already, and is taken over. 0 or an errno value;
 * *compaction is to be freed either way.
 */
int compaction_begin(struct compaction **compaction, const struct server *server, const char *path,
                     const struct state_file *old, struct state_file *spare);
/* One more piece. EAGAIN: go on; 0: the new file says all that `old` says; or another errno value.
 */
int compaction_step(struct compaction *compaction, const struct state_file *old);
/*
 * The whole new file takes the place of the old one, from the path `from` to `to`. *whole is how
 * many of its bytes tell of all there was. If the old one can be used again, it is `spare` now, at
 * `from`. 0, and the compaction is freed; or an errno value.
 */
int compaction_end(struct compaction *compaction, struct state_file *file, struct state_file *spare,
                   size_t *whole, const char *from, const char *to);
void compaction_free(struct compaction *compaction);

#endif

# SPDX-License-Identifier: MIT
xenstored_state_sources = \
	xenstored/state/state.c \
	xenstored/state/state.h \
	xenstored/state/state_bytes.c \
	xenstored/state/state_bytes.h \
	xenstored/state/state_compact.c \
	xenstored/state/state_compact.h \
	xenstored/state/state_connection.c \
	xenstored/state/state_domain.c \
	xenstored/state/state_file.c \
	xenstored/state/state_file.h \
	xenstored/state/state_frame.c \
	xenstored/state/state_load.c \
	xenstored/state/state_tree.c

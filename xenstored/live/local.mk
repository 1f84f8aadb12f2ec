# SPDX-License-Identifier: MIT
xenstored_live_sources = \
	xenstored/live/live.def \
	xenstored/live/live.h \
	xenstored/live/live_connection.c \
	xenstored/live/live_nodes.c \
	xenstored/live/live_read.c \
	xenstored/live/live_reading.h \
	xenstored/live/live_session.c \
	xenstored/live/live_session.h \
	xenstored/live/live_write.c \
	xenstored/live/parked.c

# SPDX-License-Identifier: MIT
xenstored_wire_sources = \
	xenstored/wire/connection.c \
	xenstored/wire/connection.h \
	xenstored/wire/control.c \
	xenstored/wire/handle_domain.c \
	xenstored/wire/handle_store.c \
	xenstored/wire/handle_watch.c \
	xenstored/wire/protocol.c \
	xenstored/wire/protocol.def \
	xenstored/wire/protocol.h \
	xenstored/wire/ring.c \
	xenstored/wire/ring.h \
	xenstored/wire/server.c \
	xenstored/wire/server.h

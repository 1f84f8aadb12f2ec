/* SPDX-License-Identifier: MIT */
/* What the build says of itself. The same sources give the same image: there is no clock in it. */
#ifndef TREFOIL_BUILD_INFO_H
#define TREFOIL_BUILD_INFO_H

#define BUILD_EXTRAVERSION ".0-trefoil"
#define BUILD_CHANGESET    "trefoil"
#define BUILD_COMPILER     "gcc " __VERSION__
#define BUILD_DOMAIN       "trefoil"
#define BUILD_DATE         "reproducible build"

#endif

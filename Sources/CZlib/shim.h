#ifndef PORTVAKT_CZLIB_SHIM_H
#define PORTVAKT_CZLIB_SHIM_H

#include <zlib.h>

#endif

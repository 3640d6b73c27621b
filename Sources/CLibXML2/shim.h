#ifndef PORTVAKT_CLIBXML2_SHIM_H
#define PORTVAKT_CLIBXML2_SHIM_H

// Its converters would bring ICU's headers, which are at odds with those of Foundation's own ICU; nobody here uses them.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/xmlreader.h>

#endif

#include "ingest/credentials/connections.h"

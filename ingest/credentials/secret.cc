#include "ingest/credentials/secret.h"

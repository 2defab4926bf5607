#include "ingest/credentials/oauth.h"

#include "ingest/credentials/profile.h"

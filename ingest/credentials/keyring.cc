#include "ingest/credentials/keyring.h"

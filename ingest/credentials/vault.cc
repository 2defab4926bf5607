#include "ingest/credentials/vault.h"

#pragma once
// The one error for "the provider asks for patience". Private to this folder.

#include "ingest/http/message.h"

namespace circuit::http {

// THROTTLED PROVIDER_THROTTLED with retry_at.
Error provider_throttled(const std::string& url, SystemTime until, SystemTime now);

} // namespace circuit::http

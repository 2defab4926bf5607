#pragma once
// The answer to a request for a stream that is an error: its body says why, is short, and is wanted whole by
// whoever judges it (Request::patience, a feed). On the loop of its transport.

#include "ingest/http/message.h"
#include "ingest/runtime/task.h"

namespace circuit::http {

// Of a status of 400 and above, its stream's beginning as its body (64 KiB at most; less where it breaks off)
// and no stream; others as they are.
Task<Response> with_error_body(Response response);

} // namespace circuit::http

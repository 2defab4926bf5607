#pragma once
// When a token is exchanged, and when again if that did not work. Pure but for the dice; private to this box.

#include <optional>

#include "ingest/credentials/profile.h"
#include "ingest/runtime/clock.h"
#include "ingest/runtime/random.h"

namespace circuit::credentials {

// How long before its end a token of that lifetime is exchanged, at the latest: a fifth of it, between one
// minute and half an hour, and never more than half of it.
Duration refresh_margin(Duration lifetime);

// The time of the exchange: between one and one and a half margins before the end, so that tokens that were
// issued together are not exchanged together.
SystemTime refresh_time(SystemTime issued, SystemTime expires, Random& random);

// When the next exchange of a healthy connection is due: before the access token ends, and before a refresh
// token that nobody uses does. nullopt: neither ends.
std::optional<SystemTime> next_refresh(const Method& method, SystemTime issued,
                                       std::optional<SystemTime> expires, Random& random);

// The wait after that many failures in a row: three times as long each time, from five seconds to a quarter
// of an hour, less up to a half of it. An hour of failures is about ten requests. Where the token ends within
// the wait, it is tried once more shortly before.
Duration refresh_backoff(int failures, std::optional<Duration> left, Random& random);

// The wait when nothing helps but somebody who changes a setting somewhere: minutes, then an hour.
Duration patient_backoff(int failures, Random& random);

} // namespace circuit::credentials

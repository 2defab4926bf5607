#pragma once
// Answers that are no feed, or one that nobody should read to the end. Pure; any thread.
//
//   empty             200 without a byte
//   html              an HTML page that names no feed
//   binary            an image
//   huge?bytes=N      a well-formed feed of one item after the other, N bytes or a little more, made as it is
//   sent long-item?bytes=N the same as one single item nested?depth=N    elements inside of elements
//   entity-bomb       a DTD whose entities grow exponentially
//   loop              a redirect to itself
//   redirect?to=URL   a redirect to anywhere
//   cut               well-formed but for its second half, which is missing, with a matching length
//   gzip-bomb?bytes=N N zero bytes, compressed
//   not-gzip          labelled as gzip, and is not

#include <optional>
#include <string_view>

#include "tests/providers/simulated_provider.h"

namespace circuit::providers::rss {

std::optional<SimResponse> odd_page(std::string_view name, const SimRequest& request);

} // namespace circuit::providers::rss

#pragma once
// The exchanges of a worker with the simulated GitHub that together use every endpoint of the client: first
// and later syncs, every kind, an owner's repositories, what is refused, and what an account is asked.

#include <string>
#include <vector>

namespace circuit::feeds::github {

// Each a JSON object {method, target, request, status, response, body} without a line end; header fields are
// objects.
std::vector<std::string> exchanges();

} // namespace circuit::feeds::github

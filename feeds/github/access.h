#pragma once
// Who may read a repository. What GitHub does not say is unknown, with the reason, and never a guess.

#include "feeds/github/place.h"

namespace circuit::feeds::github {

// Sets the access of the place's repository. Public at github.com: everyone. Private, and wanted: the people
// whom GitHub lists, to tokens that may push; read with validators, so that nothing new costs a free request
// for each hundred of them. Errors are passing ones of the client: then nothing may be delivered under what
// was known before.
Task<Result<void>> find_out_access(Place& place);

} // namespace circuit::feeds::github

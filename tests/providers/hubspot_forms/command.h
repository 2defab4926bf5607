#pragma once
// "feed-simulator hubspot-forms": forms with submissions; control.h says how to steer them.

#include "tests/providers/command.h"

namespace circuit::providers::hubspot_forms {

Command add_command(CLI::App& program);

} // namespace circuit::providers::hubspot_forms

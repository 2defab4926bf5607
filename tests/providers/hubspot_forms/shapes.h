#pragma once
// Forms, submissions and refusals as HubSpot's reference shapes them; tests/contract/hubspot_forms holds them
// against its description. Pure; any thread.

#include <boost/json.hpp>
#include <string>

#include "tests/providers/hubspot_forms/world.h"

namespace circuit::providers::hubspot_forms {

// Marketing forms v3: HubSpotFormDefinition, with fields of several kinds, one of which depends on another.
boost::json::object form_json(const SimForm& form);

// Legacy forms v1: results[] of a form's submissions.
boost::json::object submission_json(const SimSubmission& submission);

// Error, as all endpoints have it. `number` tells the requests apart.
boost::json::object error_json(const std::string& category, const std::string& message, uint64_t number);

// As HubSpot's ids look: a UUID, here made of numbers that tell what it is.
std::string uuid(uint64_t seed, uint64_t kind, uint64_t number);

} // namespace circuit::providers::hubspot_forms

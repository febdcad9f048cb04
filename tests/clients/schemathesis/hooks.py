"""What counts as a fault of ours: a status of 5xx, and in an answer of any status an error that is INTERNAL or has no code.

Schemathesis's own check takes every error beside data for one, and so the FORBIDDEN of an operator's field.
"""

import schemathesis


@schemathesis.check
def no_fault_of_ours(ctx, response, case):
    assert response.status_code < 500, f"status {response.status_code}"
    for error in response.json().get("errors") or []:
        code = error.get("extensions", {}).get("code")
        assert code, f"an error without a code: {error}"
        assert code != "INTERNAL", f"an internal error: {error}"

"""What GraphQL tells inside an answer, where its HTTP status is 200: a fault of ours is one there too."""

import schemathesis


@schemathesis.check
def not_an_internal_error(ctx, response, case):
    for error in response.json().get("errors") or []:
        code = error.get("extensions", {}).get("code")
        assert code, f"an error without a code: {error}"
        assert code != "INTERNAL", f"a fault of ours: {error}"

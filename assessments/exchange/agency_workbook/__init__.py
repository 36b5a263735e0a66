"""The workbook of one agency and one round: out to be filled in offline, back to be compared and applied.

`making` writes it, `reading` understands what came back, `comparing` holds that against what is stored now, and
`applying` writes what a person ticked, through the same verbs as the page of an item, or takes it back for a day.
Nobody's newer text is lost on the way: each row carries fingerprints of what it said when it went out, so that a field
counts as changed only where the person changed it, and as a conflict only where the portal changed it too.
"""

"""A made-up maker as files: the memo's five campaigns on vehicles, owners and dealers that do not exist."""

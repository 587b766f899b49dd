"""`segue mcp`: what the index knows of one repository, for agents, over the Model Context Protocol."""

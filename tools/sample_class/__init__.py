"""How the sample class was made: invented students, scripted, rendered with Blender and put together as recordings."""

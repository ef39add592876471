"""What may be done about a manifest now (可办事项): acts prepared with what the log knows, judged by admission itself, told with what blocks them.

``preparing`` fills in, ``judging`` asks the rules, ``service`` loads what they read, ``answers`` says it.
"""

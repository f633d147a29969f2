from mockserver.client.control import Control as Control
from mockserver.client.control import ControlError as ControlError

__all__ = ["Control", "ControlError"]
